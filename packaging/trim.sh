#!/bin/sh
# Takes out of an installation what the bot never opens: sh packaging/trim.sh FOLDER
#
# - Babel's data of languages that the bot does not speak;
# - what onnxruntime has for making and converting models;
# - hf_xet, a faster way to download models: huggingface_hub does without it.
set -eu
for packages in "$1"/lib/python3.*/site-packages; do
    rm -rf "$packages"/hf_xet "$packages"/hf_xet-*.dist-info
    rm -rf "$packages"/onnxruntime/transformers "$packages"/onnxruntime/tools
    find "$packages/babel/locale-data" -name '*.dat' \
        ! -name 'root.dat' ! -name 'en*.dat' ! -name 'es*.dat' -delete
done
