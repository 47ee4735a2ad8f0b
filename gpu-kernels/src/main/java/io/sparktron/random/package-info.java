/**
 * The one source of randomness. Every number is a function of a seed and of what it is for (which element of which logical tensor, which
 * sample), never of rank, thread or order of calls, so that any layout draws the same numbers.
 */
package io.sparktron.random;
