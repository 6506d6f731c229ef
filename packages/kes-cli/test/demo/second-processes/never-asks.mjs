// Ends well, without ever asking for the key.
