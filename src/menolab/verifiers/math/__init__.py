"""Is this mathematical answer right? Own parser, own comparison; nothing is ever evaluated as code.

    text --clean--> text --lexer--> tokens --parser--> Term --compare(Rules)--> right | wrong | undecided, with stage and reason
                                                              scalars: symbolic = normal form -> numbers -> worker (killable)
"""
