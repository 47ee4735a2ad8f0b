package io.sparktron.prep.stage;

/** What a stage is made from: the corpus as it lies in storage, or the table of another stage. */
public interface Input {
    String name();

    /** 64 hexadecimal digits; equal where the content is equal. */
    String hash();

    /** Bytes of text that it stands for, for rates. */
    long textBytes();

    /** Whether it was made again because the user said so; then all that depends on it is, too. */
    boolean isForced();
}
