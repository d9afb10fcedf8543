"""Guard models, one dialect a file: how its prompt is rendered, and how its answer is read.

Whatever a guard says that is not its dialect's own form is `UnusableError`, and after its tries an
abstention: never safe. A guard stands behind an OpenAI-compatible server that knows its chat
template (vLLM does); one whose template sets not what it was trained with is sent bare text.
"""
