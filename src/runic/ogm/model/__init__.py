"""What a user declares: nodes, edges, their fields and their relations."""
