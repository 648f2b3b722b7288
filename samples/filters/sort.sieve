# Sieve filter
require ["fileinto", "copy"];
if header :contains "subject" "invoice" {
  fileinto "invoices";
  redirect :copy "books@example.net";
} elsif size :over 1M {
  discard;
}
