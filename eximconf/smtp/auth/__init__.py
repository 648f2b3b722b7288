"""The server's side of authenticators: each an exchange of challenges and answers. Spec: 33 to 42."""
