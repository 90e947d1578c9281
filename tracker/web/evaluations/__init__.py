"""The evaluation of districts: their own, and the city's."""
