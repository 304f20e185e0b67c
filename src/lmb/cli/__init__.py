"""The command line: thin doors that parse, call one service and show the result."""
