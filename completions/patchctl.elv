
set edit:completion:arg-completer[patchctl] = { |@words|
    var index = (count $words)
    set index = (- $index 1)

    put (env _CLAP_IFS="\n" _CLAP_COMPLETE_INDEX=(to-string $index) _PATCHCTL_COMPLETE="elvish" patchctl -- $@words) | to-lines
}

