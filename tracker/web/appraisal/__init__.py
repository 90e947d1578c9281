"""Pages of the annual appraisal."""
