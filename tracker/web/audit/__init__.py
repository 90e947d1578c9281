"""The audit trail: searched, exported, verified, and a day on paper."""
