"""Drills: real processes are killed while letters flow, and the figures say whether anything was lost or doubled."""
