package io.sparktron.prep.stage;

/**
 * Something that is no stage of its own.
 *
 * @param name what it is
 * @param hash of its content
 * @param textBytes bytes of text that it stands for
 */
public record Content(String name, String hash, long textBytes) implements Input {
    @Override
    public boolean isForced() {
        return false;
    }
}
