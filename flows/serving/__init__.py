"""What runs by the clock: deployments, the process that serves them, how its runs end."""
