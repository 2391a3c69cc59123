"""The command line: for scheduled jobs, for checks from outside, for a machine without a screen."""
