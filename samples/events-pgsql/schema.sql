CREATE TABLE deliveries (
    at timestamptz NOT NULL DEFAULT now(),
    sender_domain text, sender_local_part text, domain text, local_part text,
    host_address text, host text, id text);
CREATE TABLE deferrals (at timestamptz NOT NULL DEFAULT now(), id text, host text, reason text);
CREATE FUNCTION record_delivery(text, text, text, text, text, text, text) RETURNS integer AS
    'INSERT INTO deliveries (sender_domain, sender_local_part, domain, local_part, host_address, host, id)
     VALUES ($1, $2, $3, $4, $5, $6, $7); SELECT 1' LANGUAGE sql;
