export function redact(text: string): string { return text.replace(/[\w.+-]+@[\w-]+\.[\w.]+/g, "[email]"); }
