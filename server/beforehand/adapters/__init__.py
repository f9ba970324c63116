"""What answers the ports: one folder a kind, chosen by app.py alone."""
