-- What a node scans for malware with: its address, empty where nothing is scanned; null on nodes that neither take files in nor open any.
alter table node add column scanner text;
