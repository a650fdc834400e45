export { encodeFlightData, FlightDataError, type FlightDataSummary, readFlightData } from "./flight-data.ts";
export { flightDataText } from "./flight-data-text.ts";
export { type FlightEntry, FlightRecorder } from "./flight-recorder.ts";
