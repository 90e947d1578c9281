"""The security settings."""
