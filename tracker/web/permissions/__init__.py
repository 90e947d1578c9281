"""The page that shows who may do what."""
