"""What turns the apps into one running product: settings, addresses, the embedded database, supervision, the look."""
