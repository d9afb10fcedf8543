"""Publishing a release to the Hugging Face Hub: what would be sent, and sending it.

`plan_publish` reads the release and the repository and says what would be done, sending nothing;
`publish` does it: private first, the gate, one commit guarded by its parent, the tag last.
"""
