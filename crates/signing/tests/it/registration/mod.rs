//! The registration authority, as the people who use it meet it.

mod adopt;
mod answer;
mod applications;
mod codes;
mod deeds;
mod extra;
mod flow;
mod foreign;
mod instant;
mod lapse;
mod operator;
mod petition;
mod second;
mod stop;
mod world;
