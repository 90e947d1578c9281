"""Statistical forms of indicators: their texts, the rounds in which units fill them in, and what they come to."""
