"""What people take away: tables, releases, manifests, cards."""
