import '../service/main.ts';
