package io.sparktron.prep.clean;

/**
 * A text after cleaning, and what was done to it.
 *
 * @param text may be empty
 * @param repaired sequences of mojibake that were decoded, those of each layer
 * @param masked e-mail addresses and public IP addresses that were replaced
 * @param removedLines lines that were not blank
 */
public record Cleaned(String text, int repaired, int masked, int removedLines) {}
