// Package month runs the operator through weeks of simulated time: what it does
// with a month's calls shows nowhere else.
package month
