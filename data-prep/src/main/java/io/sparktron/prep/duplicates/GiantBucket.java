package io.sparktron.prep.duplicates;

/**
 * A bucket above the cap: usually boilerplate that many documents share.
 *
 * @param band its band, from 0
 * @param size documents in it
 * @param id its first document by precedence
 * @param sample the beginning of that document's text
 */
public record GiantBucket(int band, long size, long id, String sample) {}
