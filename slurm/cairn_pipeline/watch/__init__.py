"""What tells people and machines how a run is doing: logs, metrics, alert rules, the report."""
