import { type FlightDataSummary, readFlightData } from "./flight-data.ts";
import type { FlightEntry } from "./flight-recorder.ts";

const LEVELS = ["emerg", "alert", "crit", "error", "warning", "notice", "info", "debug", "trace"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** What a terminal could take for a command. */
const CONTROL = /[\p{Cc}\u2028\u2029]/gu;

/**
 * The lines that `qb-blackbox` prints for a file: where the ring stands, then the messages, oldest first.
 * Control characters in messages are shown as `\xNN`.
 * @throws FlightDataError when it is no flight recorder's file; from the iteration, when an entry is damaged
 */
export function* flightDataText(file: Uint8Array): Generator<string> {
  const { summary, entries } = readFlightData(file);
  const { writeWord, readWord, sizeWords, freeBytes } = summary;
  yield "Ringbuffer: ";
  yield " ->NORMAL";
  yield ` ->write_pt [${writeWord}]`;
  yield ` ->read_pt [${readWord}]`;
  yield ` ->size [${sizeWords} words]`;
  yield ` =>free [${freeBytes} bytes]`;
  yield ` =>used [${usedBytes(summary)} bytes]`;
  for (const entry of entries) yield entryLine(entry);
}

function usedBytes({ writeWord, readWord, sizeWords }: FlightDataSummary): number {
  // libqb counts a word too few once the ring has gone round.
  return (writeWord >= readWord ? writeWord - readWord : writeWord - readWord + sizeWords - 1) * 4;
}

function entryLine(entry: FlightEntry): string {
  const level = (LEVELS[entry.level] ?? "unknown").padEnd(7);
  const place = `${printable(entry.function)}(${entry.line}):${entry.tag}`;
  return `${level} ${localTime(entry.timeMs)} ${place}: ${printable(entry.text)}`;
}

function localTime(timeMs: number): string {
  const time = new Date(timeMs);
  if (Number.isNaN(time.getTime())) return String(Math.floor(timeMs / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  const milliseconds = String(time.getMilliseconds()).padStart(3, "0");
  return `${MONTHS[time.getMonth()]} ${two(time.getDate())} ${clock}.${milliseconds}`;
}

function printable(text: string): string {
  return text.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u${code}`;
  });
}
