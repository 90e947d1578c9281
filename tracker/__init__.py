"""Tracker (督办台账): carries out an implementation plan across the units that owe it."""
