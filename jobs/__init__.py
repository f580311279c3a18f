"""What happens without anybody asking: clocks, pay, messages. Imports no web."""
