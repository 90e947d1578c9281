"""Progress reports with their evidence, and the reviews of completion reports."""
