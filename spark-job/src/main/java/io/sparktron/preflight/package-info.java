/**
 * Before a run: everything that would make it fail, told in seconds, each with the line that fixes it.
 *
 * <p>A family of checks is a class named {@code ...Checks}; what it tells is a list of {@link io.sparktron.preflight.Finding}s. {@link
 * io.sparktron.preflight.Preflight} puts them in order: first what the driver can see alone (the cheap part, which {@code pretrain} runs too), then
 * what a {@link io.sparktron.rank.RankProbe} sees on every executor, then what only all answers together tell (two hosts that differ, a
 * host whose ranks need more memory than it has).
 */
package io.sparktron.preflight;
