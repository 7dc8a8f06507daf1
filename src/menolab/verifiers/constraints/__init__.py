"""Is a response written as the prompt asked? Constraints of IFEval and MathIF, checked by rule."""
