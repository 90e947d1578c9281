"""Know a statistical form of indicators: read it from its text, check and total what units answer."""
