"""Requests for a later due day."""
