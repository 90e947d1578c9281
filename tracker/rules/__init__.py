"""Hold the rules of the trade: values in, values out, with the standard library only."""
