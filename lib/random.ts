export class Generator {}
