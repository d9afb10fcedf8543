"""The twenty mutations: a base request in another style, voice, code or language."""
