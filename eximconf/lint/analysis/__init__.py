"""What can be known of a configuration without running it; rules ask through `eximconf.lint.run.Run`.

`scopes`: what surrounds a part of an expansion; `assigned`: who sets the variables that a configuration has of its
own; `flow`: which way data from outside takes; `shape`: what a value can look like; `quoting`: in what quotes a part
of a query stands; `sinks`: where data from outside does harm.
"""
