from eximconf.cli import main

raise SystemExit(main())
