"""How a model is called: request and reply types, the engine, providers, ledger, encoders."""
