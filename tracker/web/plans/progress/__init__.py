"""How a running plan comes along by completion: its progress, its years, what it asks for in numbers."""
