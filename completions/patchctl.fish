complete --keep-order --exclusive --command patchctl --arguments "(_PATCHCTL_COMPLETE=fish patchctl -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
