"""Reports, evidence and reviews."""
