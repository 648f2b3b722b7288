"""The commands of SMTP, one module a family; `table` has them all."""
