"""The sample department: loaded, filled up for trials, taken away again."""
